using System.Globalization;
using GatewayMesh.Linux;
using Microsoft.Win32.SafeHandles;

namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>One file of the key log. The last one is written; the others are read until their keys have gone.</summary>
internal sealed class KeySegment : IDisposable
{
    private const string Extension = ".log";

    private readonly SafeFileHandle _file;
    private readonly Action<string> _syncFolder;
    private bool _isNameSynced; // another process may have created the file, and ended before it synced the folder

    private KeySegment(string path, int number, SafeFileHandle file, Action<string> syncFolder) =>
        (Path, Number, _file, _syncFolder) = (path, number, file, syncFolder);

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Number in the order of the log.</summary>
    public int Number { get; }

    /// <summary>Bytes that were read and written so far: the end of the last known record.</summary>
    public long Position { get; set; }

    /// <summary>Keys whose latest record is here.</summary>
    public int Live { get; set; }

    /// <summary>Length of the file.</summary>
    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Opens a segment, and creates it if it is missing.</summary>
    /// <param name="folder">Folder of the log.</param>
    /// <param name="number">Number of the segment.</param>
    /// <param name="syncFolder">Syncs the entries of a folder. Default: <see cref="FolderEntries.Sync"/>.</param>
    public static KeySegment Open(string folder, int number, Action<string>? syncFolder = null)
    {
        var path = System.IO.Path.Combine(folder, number.ToString("d8", CultureInfo.InvariantCulture) + Extension);
        const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;
        return new(
            path, number, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Shared), syncFolder ?? FolderEntries.Sync);
    }

    /// <summary>Returns the numbers of the segments in a folder, in order.</summary>
    public static IReadOnlyList<int> NumbersIn(string folder) =>
        [
            .. Directory.EnumerateFiles(folder, "*" + Extension)
                .Select(path => int.TryParse(
                    System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : 0)
                .Where(number => number > 0)
                .Order()];

    /// <summary>Reads bytes; less than asked for at the end of the file.</summary>
    public int Read(long offset, Span<byte> into)
    {
        var count = 0;
        while (count < into.Length && RandomAccess.Read(_file, into[count..], offset + count) is > 0 and var read)
        {
            count += read;
        }

        return count;
    }

    /// <summary>Writes bytes at the position, and moves it.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Position);
        Position += bytes.Length;
    }

    /// <summary>Drops everything behind the position: what a process did not finish writing.</summary>
    public void Truncate() => RandomAccess.SetLength(_file, Position);

    /// <summary>
    /// Writes everything to the disk itself, with the name of the file: without the name, a crash of the machine loses all of it.
    /// </summary>
    public void Flush()
    {
        RandomAccess.FlushToDisk(_file);
        if (!_isNameSynced)
        {
            _syncFolder(System.IO.Path.GetDirectoryName(Path)!);
            _isNameSynced = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
