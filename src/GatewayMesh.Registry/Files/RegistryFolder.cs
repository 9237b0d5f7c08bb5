using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Files;

/// <summary>One folder as a registry, looked at step by step: the watch calls <see cref="Poll"/>, tests call it themselves.</summary>
internal sealed class RegistryFolder
{
    // A folder that is being written to is read again, but not forever.
    private const int Readings = 3;

    private readonly ReadContext _place;
    private readonly NodeFolder _nodes;
    private readonly EntryFolder _folder;
    private FileStamp[]? _stamps;
    private EntrySet? _entries;
    private DeclaredIntentions? _intentions;
    private bool _reached;
    private IReadOnlyList<ConfigError> _entryErrors = [];
    private IReadOnlyList<ConfigError> _skipped = [];
    private long _heardAt;
    private volatile RegistryReport? _last;

    private readonly string _path;
    private readonly TimeProvider _time;

    /// <summary>Nothing is read before the first <see cref="Poll"/>.</summary>
    public RegistryFolder(string folder, TimeProvider time, ReadContext? place = null)
    {
        (_path, _time, _place) = (folder, time, place ?? new ReadContext());
        _nodes = new NodeFolder(Path.Combine(folder, "nodes"), time, _place);
        _folder = new EntryFolder(_place);
    }

    /// <summary>When the folder was last read to its end, by the monotonic clock; null: never. Read by other threads too.</summary>
    public long? HeardAt => Volatile.Read(ref _heardAt) is not 0 and var at ? at : null;

    /// <summary>What was last reported; null: nothing yet.</summary>
    public RegistryReport? Last => _last;

    /// <summary>What is to be said while a look at the folder does not end: for another thread than the one that looks.</summary>
    public RegistryReport Blocked(TimeSpan time)
    {
        var errors = new ConfigErrors();
        errors.AddRange((_last?.Errors ?? []).Where(error => error.File != _path));
        errors.Add(SourceLocation.Option(_path), "", $"a read of {_place.Path} has been blocked for {time.TotalSeconds:0} s",
            "check the disk or the network share; the last good configuration stays in use");
        return (_last ?? new RegistryReport(null, null, [])) with { Errors = errors.ToSorted(), Reached = false };
    }

    /// <summary>Looks at the folder once; a report when anything changed since the last one.</summary>
    /// <param name="readAll">Whether to read again what looks unchanged: after a hint of the watcher.</param>
    public RegistryReport? Poll(bool readAll)
    {
        var (errors, remarks) = (new ConfigErrors(), new ConfigErrors());
        var (changed, readable) = (false, false);
        try
        {
            changed = ReadEntries(readAll);
            errors.AddRange(_entryErrors);
            remarks.AddRange(_skipped);
            changed |= _nodes.Poll(readAll, errors, remarks);
            _reached = readable = true;
            Volatile.Write(ref _heardAt, Math.Max(1, _time.GetTimestamp()));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was good stays good; the stamps are forgotten so that the return is noticed.
            _stamps = null;
            errors.Add(SourceLocation.Option(_path), "", exception is DirectoryNotFoundException ? "there is no such folder" : $"cannot be read ({exception.Message})",
                "make the folder or fix registry: file:DIR; the last good configuration stays in use");
            _nodes.Hold();
        }

        var report = new RegistryReport(_entries, _reached ? _nodes.Discovered : null, errors.ToSorted())
        {
            Intentions = _intentions,
            Remarks = remarks.ToSorted(),
            Reached = readable,
        };
        if (_last is { } last && !changed && report.Errors.SequenceEqual(last.Errors) && report.Remarks.SequenceEqual(last.Remarks))
        {
            return null;
        }

        return _last = report;
    }

    private bool ReadEntries(bool readAll)
    {
        _place.Path = _path;
        var stamps = FileStamp.List(_path);
        if (!readAll && _stamps is not null && stamps.AsSpan().SequenceEqual(_stamps))
        {
            return false;
        }

        EntrySet? entries = null;
        var (errors, skipped) = (new ConfigErrors(), new ConfigErrors());
        for (var reading = 0; reading < Readings; reading++)
        {
            (errors, skipped) = (new ConfigErrors(), new ConfigErrors());
            entries = _folder.Read(stamps.Select(stamp => stamp.Path), errors, skipped);
            _place.Path = _path;
            var after = FileStamp.List(_path);
            if (after.AsSpan().SequenceEqual(stamps))
            {
                break;
            }

            stamps = after;
        }

        _stamps = stamps;
        (_entryErrors, _skipped) = (errors.ToSorted(), skipped.ToSorted());
        if (entries is not null)
        {
            (_entries, _intentions) = (entries, new DeclaredIntentions(entries.ServiceIntentions, null));
        }

        return true;
    }
}
