using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>
/// The live nodes of the files <c>DIR/nodes/NODE.yaml</c>. Times come from the reader's monotonic clock: only the fact that a file changed
/// counts, not its timestamp, so clocks that differ or jump do no harm.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="time">The clock.</param>
/// <param name="place">Receives the path of each file before the file is read. Default: none.</param>
internal sealed class NodeFolder(string folder, TimeProvider time, ReadContext? place = null)
{
    /// <summary>Three missed touches of 2 s each, plus half a second for the polls between them.</summary>
    internal static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(6.5);

    /// <summary>
    /// Minimum time before a name that moved to another instance moves again, unless the current instance is silent. Two nodes of the same
    /// name that overwrite each other must not cause a new configuration every second.
    /// </summary>
    internal static readonly TimeSpan ChangesHandsAfter = TimeSpan.FromSeconds(60);

    // A reader that was paused must not count its own pause as the silence of the nodes.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, NodeState> _nodes = new(StringComparer.Ordinal);
    private long _lastPoll = time.GetTimestamp();
    private bool _seen;

    /// <summary>The nodes with at least one good record, by name.</summary>
    public ImmutableArray<DiscoveredNode> Discovered =>
    [
        .. _nodes.Where(node => node.Value.Record is not null)
            .OrderBy(node => node.Key, StringComparer.Ordinal)
            .Select(node => new DiscoveredNode(node.Value.Record!, node.Value.Alive) { HeardAt = node.Value.HeardAt }),
    ];

    /// <summary>Polls the folder once. True if anything changed, including a touch.</summary>
    /// <param name="readAll">True to read files with an unchanged stamp too.</param>
    /// <param name="errors">Collects the current errors.</param>
    /// <param name="remarks">Collects errors in single records. Default: these are errors too.</param>
    public bool Poll(bool readAll, ConfigErrors errors, ConfigErrors? remarks = null)
    {
        Forgive();
        if (List(errors) is not { } stamps)
        {
            Hold();
            return false;
        }

        var changed = false;
        foreach (var stamp in stamps)
        {
            changed |= Look(stamp, readAll);
        }

        var present = stamps.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        foreach (var name in _nodes.Keys.Where(name => !present.Contains(name)).ToList())
        {
            changed |= _nodes.Remove(name);
        }

        foreach (var node in _nodes.Values)
        {
            var alive = time.GetElapsedTime(node.HeardAt, _lastPoll) <= GoneAfter;
            changed |= alive != node.Alive;
            node.Alive = alive;
            (remarks ?? errors).AddRange(node.Errors);
        }

        return changed;
    }

    /// <summary>
    /// Gives all live nodes their full time again, because a reader without access to the nodes cannot tell which are gone.
    /// </summary>
    public void Hold()
    {
        _lastPoll = time.GetTimestamp();
        foreach (var node in _nodes.Values.Where(node => node.Alive))
        {
            (node.HeardAt, node.RecordAt) = (_lastPoll, _lastPoll);
        }
    }

    private void Enter(string path)
    {
        if (place is not null)
        {
            place.Path = path;
        }
    }

    private static string NameOf(FileStamp stamp) => Path.GetFileNameWithoutExtension(stamp.Path);

    private void Forgive()
    {
        var now = time.GetTimestamp();
        var gap = time.GetElapsedTime(_lastPoll, now);
        if (gap > LongestGap)
        {
            var slept = now - _lastPoll;
            foreach (var node in _nodes.Values)
            {
                node.HeardAt += slept;
                node.RecordAt += slept;
            }
        }

        _lastPoll = now;
    }

    private FileStamp[]? List(ConfigErrors errors)
    {
        Enter(folder);
        try
        {
            // No folder is normal before the first publication. A folder that disappeared is an error.
            _seen |= Directory.Exists(folder);
            return _seen ? FileStamp.List(folder) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(SourceLocation.Option(folder), "", $"cannot be read ({exception.Message})",
                "check that the folder exists and is readable; the nodes keep their last state");
            return null;
        }
    }

    private bool Look(FileStamp stamp, bool readAll)
    {
        var name = NameOf(stamp);
        var known = _nodes.TryGetValue(name, out var node);
        if (known && node!.Stamp == stamp && !readAll)
        {
            return false;
        }

        node ??= new NodeState { HeardAt = _lastPoll };
        _nodes[name] = node;
        var touched = node.Stamp != stamp;
        node.Stamp = stamp;
        node.HeardAt = touched ? _lastPoll : node.HeardAt;
        Enter(stamp.Path);
        return Read(node, name) | touched;
    }

    private bool Read(NodeState node, string name)
    {
        var errors = new ConfigErrors();
        var bytes = FileContent.Read(node.Stamp.Path, errors, NodeRecordText.MaxBytes);
        if (bytes is not null && node.Content.AsSpan().SequenceEqual(bytes) && node.Record is not null && node.Errors.IsEmpty)
        {
            node.RecordAt = _lastPoll;
            return false;
        }

        var document = bytes is null ? null : YamlDocuments.ReadOne(bytes, node.Stamp.Path, errors, NodeRecordText.MaxBytes);
        var record = document is null || errors.Count > 0 ? null : NodeRecordBinder.Bind(document, errors);
        if (record is not null && record.Node != name)
        {
            errors.Add(new SourceLocation(node.Stamp.Path, 1, 1), "node", $"the file is named {name}, but its node is {record.Node}",
                "rename the file to its node's name");
        }

        // An invalid record keeps its last good state and does not affect other nodes.
        node.Errors = errors.ToSorted();
        if (node.Errors.IsEmpty && IsHeld(node, record!))
        {
            return true;
        }

        node.Content = bytes ?? [];
        if (node.Errors.IsEmpty)
        {
            node.ChangedHandsAt = IsOther(node.Record, record!) ? _lastPoll : node.ChangedHandsAt;
            node.RecordAt = _lastPoll;

            // A contested file is rewritten every time, mostly with the same content, which needs no recompile.
            node.Record = IsContested(node) && node.Record is { } known && NodeRecordText.IsEquivalent(known, record!) ? known : record;
        }

        return true;
    }

    private bool IsHeld(NodeState node, NodeRecord record) =>
        IsOther(node.Record, record)
        && IsContested(node)
        && time.GetElapsedTime(node.RecordAt, _lastPoll) <= GoneAfter;

    private bool IsContested(NodeState node) => node.ChangedHandsAt is { } at && time.GetElapsedTime(at, _lastPoll) < ChangesHandsAfter;

    private static bool IsOther(NodeRecord? known, NodeRecord record) =>
        known is { Instance.Length: > 0 } && record.Instance.Length > 0 && known.Instance != record.Instance;
}
