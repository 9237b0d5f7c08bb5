using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>
/// The nodes that say in <c>DIR/nodes/NODE.yaml</c> that they live. Times come from the reader's monotonic clock: what counts is that a
/// file changed, not what time it bears, so that clocks that differ or jump harm nobody.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="time">The clock.</param>
/// <param name="place">Told before each file is read. Default: nobody.</param>
internal sealed class NodeFolder(string folder, TimeProvider time, ReadContext? place = null)
{
    /// <summary>Three touches of 2 s missed, and half a second for the polls between.</summary>
    internal static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(6.5);

    /// <summary>
    /// A name that came to be another instance's changes hands again after a minute at the earliest, unless the instance in use is silent: two nodes of one name
    /// that write over each other must not be a new configuration every second.
    /// </summary>
    internal static readonly TimeSpan ChangesHandsAfter = TimeSpan.FromSeconds(60);

    // A reader that was paused must not bury the others for the time that it slept itself.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, NodeState> _nodes = new(StringComparer.Ordinal);
    private long _lastPoll = time.GetTimestamp();
    private bool _seen;

    /// <summary>The nodes whose record was good at least once, by name.</summary>
    public ImmutableArray<DiscoveredNode> Discovered =>
    [
        .. _nodes.Where(node => node.Value.Record is not null)
            .OrderBy(node => node.Key, StringComparer.Ordinal)
            .Select(node => new DiscoveredNode(node.Value.Record!, node.Value.Alive) { HeardAt = node.Value.HeardAt }),
    ];

    /// <summary>Looks at the folder once. True when anything changed, a touch included.</summary>
    /// <param name="readAll">Whether to read files whose stamp is the same too.</param>
    /// <param name="errors">Gets what is wrong at present.</param>
    /// <param name="remarks">Gets what is wrong with single records. Default: that is an error too.</param>
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

    /// <summary>Who cannot see the nodes cannot tell who is gone: those that live are given their full time again.</summary>
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
            // Before the first publication there is no folder, which is well; one that was there and is gone is not.
            _seen |= Directory.Exists(folder);
            return _seen ? FileStamp.List(folder) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(SourceLocation.Option(folder), "", $"cannot be read ({exception.Message})", "check that the folder is there and its permissions; the nodes are held as they were");
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
            errors.Add(new SourceLocation(node.Stamp.Path, 1, 1), "node", $"the file of {name} says that it is {record.Node}", "give the file its node's name");
        }

        // Broken: the last good record stays, and so do the other nodes.
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

            // A contested file is written whole every time, with nothing new: no reason to compile.
            node.Record = IsContested(node) && node.Record is { } known && NodeRecordText.SaysTheSame(known, record!) ? known : record;
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
