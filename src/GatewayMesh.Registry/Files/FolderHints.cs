namespace GatewayMesh.Registry.Files;

/// <summary>File system notifications of a folder. Hints only: notifications may be missing, late or too many.</summary>
internal sealed class FolderHints(string folder, Action hint) : IDisposable
{
    private FileSystemWatcher? _watcher;

    /// <summary>Starts watching if the folder exists and is not watched yet.</summary>
    public void Attach()
    {
        if (_watcher is not null)
        {
            return;
        }

        try
        {
            _watcher = new FileSystemWatcher(folder)
            {
                // Excludes the subfolder nodes: its files are touched often, and polling is fast enough for them.
                IncludeSubdirectories = false,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            _watcher.Changed += OnChange;
            _watcher.Created += OnChange;
            _watcher.Deleted += OnChange;
            _watcher.Renamed += OnChange;
            _watcher.Error += (_, _) => Detach();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // There is no folder yet, or the system has no watches left. Polling is enough.
            Detach();
        }
    }

    public void Dispose() => Detach();

    private void OnChange(object sender, FileSystemEventArgs change)
    {
        if (change.Name is { Length: > 0 } name && FileStamp.IsDocument(name))
        {
            hint();
        }
    }

    private void Detach()
    {
        var watcher = Interlocked.Exchange(ref _watcher, null);
        watcher?.Dispose();
    }
}
