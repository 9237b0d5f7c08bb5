using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// Last good key sets of URLs on disk, so that a node that restarts while an issuer is down still verifies tokens. One file for each URL:
/// <code>
/// gatewaymesh-jwks 1 SHA256-OF-THE-REST
/// URL
/// the key set as it was fetched
/// </code>
/// A file is written whole or not at all. Only its owner may read or write the folder.
/// </summary>
/// <param name="path">The folder; created with the first file.</param>
internal sealed class JwksFolder(string path)
{
    /// <summary>Most files: 64. The oldest is removed for another.</summary>
    public const int MaxFiles = 64;

    private const string Magic = "gatewaymesh-jwks 1 ";
    private const string Extension = ".jwks";
    private const int MaxBytes = JwkSetReader.MaxBytes + 8192;

    private static readonly Lock Writing = new();

    /// <summary>Returns the kept key set of <paramref name="url"/>; null if there is none.</summary>
    /// <exception cref="IOException">The file cannot be read, or is not intact.</exception>
    public ReadOnlyMemory<byte>? Read(string url)
    {
        try
        {
            var file = RegularFile.ReadAllBytes(FileOf(url), MaxBytes);
            return KeysOf(file, url) ?? throw new IOException("the kept key set is not intact");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    /// <summary>Keeps the key set of <paramref name="url"/>.</summary>
    /// <exception cref="IOException">The disk is full, or the folder is not writable. An earlier file is unchanged.</exception>
    public void Write(string url, ReadOnlySpan<byte> keys)
    {
        byte[] rest = [.. Encoding.UTF8.GetBytes(url + "\n"), .. keys];
        byte[] content = [.. Encoding.ASCII.GetBytes($"{Magic}{Convert.ToHexStringLower(SHA256.HashData(rest))}\n"), .. rest];
        try
        {
            lock (Writing)
            {
                PrivateFolder.Create(path);
                Trim(except: FileOf(url));
                AtomicFile.Write(FileOf(url), content, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    /// <summary>Forgets the key set of <paramref name="url"/>. A failure leaves the file behind.</summary>
    public void Remove(string url)
    {
        try
        {
            File.Delete(FileOf(url));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // An old file only costs its place among the 64.
        }
    }

    private static ReadOnlyMemory<byte>? KeysOf(ReadOnlyMemory<byte> file, string url)
    {
        var lineEnd = file.Span.IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            return null;
        }

        var rest = file[(lineEnd + 1)..];
        var head = string.Create(CultureInfo.InvariantCulture, $"{Magic}{Convert.ToHexStringLower(SHA256.HashData(rest.Span))}");
        var second = Encoding.UTF8.GetBytes(url + "\n");
        var isIntact = file.Span[..lineEnd].SequenceEqual(Encoding.ASCII.GetBytes(head)) && rest.Span.StartsWith(second);
        return isIntact ? rest[second.Length..] : default(ReadOnlyMemory<byte>?); // null alone would be an empty set
    }

    private void Trim(string except)
    {
        var files = new DirectoryInfo(path).GetFiles("*" + Extension);
        foreach (var file in files.Where(file => file.FullName != Path.GetFullPath(except))
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .Skip(MaxFiles - 1))
        {
            file.Delete();
        }
    }

    private string FileOf(string url) =>
        Path.Combine(path, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)).AsSpan(0, 16)) + Extension);
}
