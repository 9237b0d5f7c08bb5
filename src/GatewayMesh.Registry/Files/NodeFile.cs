using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Files;

/// <summary>Writes this node's own file: whole when the node has something new to say, otherwise only its time.</summary>
internal sealed class NodeFile(string folder, TimeProvider time)
{
    private readonly Lock _lock = new();
    private NodeRecord? _written;
    private byte[] _content = [];

    public void Publish(NodeRecord record)
    {
        lock (_lock)
        {
            var path = PathOf(record.Node);
            if (_written is not null && NodeRecordText.SaysTheSame(_written, record) && HasOurs(path) && TryTouch(path))
            {
                return;
            }

            MakeFolder();
            _content = NodeRecordText.Write(record);
            AtomicFile.Write(path, _content, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            _written = record;
        }
    }

    public void Withdraw(string node)
    {
        lock (_lock)
        {
            _written = null;
            try
            {
                File.Delete(PathOf(node));
            }
            catch (DirectoryNotFoundException)
            {
                // Then the node is not in it.
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new IOException(exception.Message, exception);
            }
        }
    }

    // Names become paths: one that is no name must not leave the folder.
    private string PathOf(string node) =>
        Names.IsName(node) ? Path.Combine(folder, $"{node}.yaml") : throw new ArgumentException($"'{node}' is not a name", nameof(node));

    // Never the registry's folder itself: one that is gone (a share that is not mounted) would be replaced by an empty registry, and the mesh with it.
    private void MakeFolder()
    {
        var registry = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        try
        {
            if (!Directory.Exists(registry))
            {
                throw new DirectoryNotFoundException($"{registry}: there is no such folder");
            }

            _ = Directory.CreateDirectory(folder);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    // Another node of this name may have written over it: touching the file would vouch for that node.
    private bool HasOurs(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true } file && file.Length == _content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(_content);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool TryTouch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed by somebody: written again.
            return false;
        }
    }
}
