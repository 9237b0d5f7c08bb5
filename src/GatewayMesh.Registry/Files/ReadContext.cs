namespace GatewayMesh.Registry.Files;

/// <summary>What the reader of a folder reads at this moment: the path to name when that does not end.</summary>
/// <param name="entered">Called before each access, on the reader's thread. Default: nobody.</param>
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
