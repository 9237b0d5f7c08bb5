using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Files;

/// <summary>Writes this node's own file: completely after a change, otherwise only its modification time.</summary>
internal sealed class NodeFile(string folder, TimeProvider time)
{
    private readonly Lock _lock = new();
    private NodeRecord? _written;
    private byte[] _content = [];

    /// <summary>The record of another node with this name that the last publication replaced, or null.</summary>
    public NodeRecord? Displaced { get; private set; }

    public void Publish(NodeRecord record)
    {
        lock (_lock)
        {
            Displaced = null;
            var path = PathOf(record.Node);
            if (_written is not null)
            {
                // Another node with this name may have overwritten the file. Touching the file would then vouch for that node.
                var existing = Existing(path);
                var isOurs = existing.AsSpan().SequenceEqual(_content);
                if (isOurs && NodeRecordText.IsEquivalent(_written, record) && TryTouch(path))
                {
                    return;
                }

                Displaced = isOurs ? null : Namesake.In(existing, record);
            }

            MakeFolder();
            _content = NodeRecordText.Write(record);
            AtomicFile.Write(
                path, _content, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            _written = record;
        }
    }

    public void Withdraw(string node)
    {
        lock (_lock)
        {
            (_written, Displaced) = (null, null);
            try
            {
                File.Delete(PathOf(node));
            }
            catch (DirectoryNotFoundException)
            {
                // The node is not in the registry.
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new IOException(exception.Message, exception);
            }
        }
    }

    // Names become paths, so an invalid name must not escape the folder.
    private string PathOf(string node) =>
        Names.IsName(node) ? Path.Combine(folder, $"{node}.yaml") : throw new ArgumentException($"'{node}' is not a name", nameof(node));

    // Never creates the registry's folder itself: a missing folder (an unmounted share) would become an empty registry for the whole mesh.
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

    private byte[] Existing(string path)
    {
        try
        {
            return RegularFile.ReadAllBytes(path, Math.Max(NodeRecordText.MaxBytes, _content.Length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
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
            // The file was removed and is written again.
            return false;
        }
    }
}
