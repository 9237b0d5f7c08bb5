namespace GatewayMesh.Registry.Files;

/// <summary>The path that a folder's reader accesses now. Named in the error when the access hangs.</summary>
/// <param name="entered">Called before each access, on the reader's thread. Default: none.</param>
internal sealed class ReadContext(Action<string>? entered = null)
{
    private volatile string _path = "";

    /// <summary>The file or folder. Set before each access; read by another thread.</summary>
    public string Path
    {
        get => _path;
        set
        {
            _path = value;
            entered?.Invoke(value);
        }
    }
}
