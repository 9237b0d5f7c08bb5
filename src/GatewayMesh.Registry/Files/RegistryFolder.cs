using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Files;

/// <summary>One registry folder, polled step by step: by the watch through <see cref="Poll"/>, or by tests.</summary>
internal sealed class RegistryFolder
{
    // A folder that changes during a read is read again, but not forever.
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

    /// <summary>Creates the folder. The first <see cref="Poll"/> reads.</summary>
    public RegistryFolder(string folder, TimeProvider time, ReadContext? place = null)
    {
        (_path, _time, _place) = (folder, time, place ?? new ReadContext());
        _nodes = new NodeFolder(Path.Combine(folder, "nodes"), time, _place);
        _folder = new EntryFolder(_place);
    }

    /// <summary>Time of the last complete read by the monotonic clock; null: never. Other threads read this too.</summary>
    public long? HeardAt => Volatile.Read(ref _heardAt) is not 0 and var at ? at : null;

    /// <summary>The last report; null before the first.</summary>
    public RegistryReport? Last => _last;

    /// <summary>The report while a read of the folder hangs. For a thread other than the reading thread.</summary>
    public RegistryReport Blocked(TimeSpan time)
    {
        var errors = new ConfigErrors();
        errors.AddRange((_last?.Errors ?? []).Where(error => error.File != _path));
        errors.Add(SourceLocation.Option(_path), "", $"a read of {_place.Path} has been blocked for {time.TotalSeconds:0} s",
            "check the disk or the network share; the last good configuration stays in use");
        return (_last ?? new RegistryReport(null, null, [])) with { Errors = errors.ToSorted(), Reached = false };
    }

    /// <summary>Polls the folder once. Returns a report if anything changed since the last one.</summary>
    /// <param name="readAll">True to read files that look unchanged too: after a hint of the watcher.</param>
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
            // The last good state stays. The stamps are cleared so that the folder's return is noticed.
            _stamps = null;
            errors.Add(
                SourceLocation.Option(_path),
                "",
                exception is DirectoryNotFoundException ? "there is no such folder" : $"cannot be read ({exception.Message})",
                "create the folder or correct registry: file:DIR; the last good configuration stays in use");
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
