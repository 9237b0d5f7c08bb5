namespace GatewayMesh.Registry.Files;

/// <summary>Notifications of the system that something in a folder changed. Hints only: they may be missing, late or too many.</summary>
internal sealed class FolderHints(string folder, Action hint) : IDisposable
{
    private FileSystemWatcher? _watcher;

    /// <summary>Listens to the folder, if it is there and nobody listens yet.</summary>
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
                // Not the subfolder nodes: its touches are many and the poll sees them soon enough.
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
            // No folder yet, or the system has no more watches to give: the poll does.
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
