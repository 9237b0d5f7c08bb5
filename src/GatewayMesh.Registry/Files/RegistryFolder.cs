using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Files;

/// <summary>One folder as a registry, looked at step by step: the watch calls <see cref="Poll"/>, tests call it themselves.</summary>
internal sealed class RegistryFolder(string folder, TimeProvider time)
{
    // A folder that is being written to is read again, but not forever.
    private const int Readings = 3;

    private readonly NodeFolder _nodes = new(Path.Combine(folder, "nodes"), time);
    private FileStamp[]? _stamps;
    private EntrySet? _entries;
    private DeclaredIntentions? _intentions;
    private bool _reached;
    private IReadOnlyList<ConfigError> _entryErrors = [];
    private RegistryReport? _last;

    /// <summary>Looks at the folder once; a report when anything changed since the last one.</summary>
    /// <param name="readAll">Whether to read again what looks unchanged: after a hint of the watcher.</param>
    public RegistryReport? Poll(bool readAll)
    {
        var errors = new ConfigErrors();
        var changed = false;
        try
        {
            changed = ReadEntries(readAll);
            errors.AddRange(_entryErrors);
            changed |= _nodes.Poll(readAll, errors);
            _reached = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was good stays good; the stamps are forgotten so that the return is noticed.
            _stamps = null;
            errors.Add(SourceLocation.Option(folder), "", exception is DirectoryNotFoundException ? "there is no such folder" : $"cannot be read ({exception.Message})",
                "make the folder or mend registry: file:DIR; the last good configuration stays in use");
            _nodes.Hold();
        }

        var report = new RegistryReport(_entries, _reached ? _nodes.Sightings : null, errors.ToSorted()) { Intentions = _intentions };
        if (_last is not null && !changed && report.Errors.SequenceEqual(_last.Errors))
        {
            return null;
        }

        return _last = report;
    }

    private bool ReadEntries(bool readAll)
    {
        var stamps = FileStamp.List(folder);
        if (!readAll && _stamps is not null && stamps.AsSpan().SequenceEqual(_stamps))
        {
            return false;
        }

        EntrySet? entries = null;
        var errors = new ConfigErrors();
        for (var reading = 0; reading < Readings; reading++)
        {
            errors = new ConfigErrors();
            entries = EntryFolder.Read(stamps.Select(stamp => stamp.Path), errors);
            var after = FileStamp.List(folder);
            if (after.AsSpan().SequenceEqual(stamps))
            {
                break;
            }

            stamps = after;
        }

        _stamps = stamps;
        _entryErrors = errors.ToSorted();
        if (entries is not null)
        {
            (_entries, _intentions) = (entries, new DeclaredIntentions(entries.ServiceIntentions, null));
        }

        return true;
    }
}
