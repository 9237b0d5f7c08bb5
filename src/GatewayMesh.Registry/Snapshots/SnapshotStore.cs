using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>
/// The registry's last good state, kept at <c>DATADIR/snapshot.json</c> (mode 0600) so that a node can start without its registry. Stores
/// the source of the compilation, not its result, because a newer version may compile better.
/// </summary>
/// <param name="dataDir">The data folder. Created with mode 0700 if missing.</param>
public sealed class SnapshotStore(string dataDir)
{
    /// <summary>Version of the format. Other versions are refused.</summary>
    public const int Format = 1;

    private const int MaxBytes = 256 * 1024 * 1024;

    /// <summary>Path of the file.</summary>
    public string File { get; } = FileIn(dataDir);

    /// <summary>Path of the file in <paramref name="dataDir"/>.</summary>
    public static string FileIn(string dataDir) => Path.Combine(dataDir, "snapshot.json");

    /// <summary>
    /// Writes <paramref name="view"/>. Returns the error (disk full, read-only), which leaves the old file untouched, or null.
    /// </summary>
    public ConfigError? Save(RegistryView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        try
        {
            PrivateFolder.Create(dataDir);
            AtomicFile.Write(File, view, Write, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Error($"cannot be written ({exception.Message})",
                "free disk space or fix the permissions of dataDir; until then a restart without the registry uses an older configuration");
        }
    }

    /// <summary>Time at which the registry last confirmed the stored state: the file's modification time. Null: there is no file.</summary>
    public DateTimeOffset? HeardAt() =>
        FileTrace.Of(File) is { Length: >= 0 } trace ? new DateTimeOffset(trace.Written, TimeSpan.Zero) : null;

    /// <summary>Records that the registry answered at <paramref name="heardAt"/>. On failure the file only keeps an older time.</summary>
    public void Mark(DateTimeOffset heardAt)
    {
        try
        {
            System.IO.File.SetLastWriteTimeUtc(File, heardAt.UtcDateTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next write reports the error.
        }
    }

    /// <summary>
    /// The stored view; null if there is no file or the file is not trustworthy (<paramref name="error"/> then has the reason).
    /// </summary>
    public RegistryView? Load(out ConfigError? error)
    {
        error = null;
        try
        {
            return Decode(TimedRead.Run(File, TimedRead.Limit, () => RegularFile.ReadAllBytes(File, MaxBytes)), out error);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = Error($"cannot be read ({exception.Message})", "fix the permissions of dataDir");
            return null;
        }
    }

    // {"format":1,"sha256":"…","content":{…}}. A large mesh writes tens of megabytes, so the content goes to the file piece by piece, and the
    // checksum to its place afterwards.
    private static void Write(FileStream file, RegistryView view)
    {
        file.Write("{\"format\":1,\"sha256\":\""u8);
        var checksum = file.Position;
        file.Write(stackalloc byte[2 * SHA256.HashSizeInBytes]);
        file.Write("\",\"content\":"u8);
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            JsonSerializer.Serialize(hashed, StoredEntries.From(view), StoreJson.Default.StoredEntries);
        }

        file.Write("}"u8);
        file.Position = checksum;
        file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.Hash!)));
    }

    private RegistryView? Decode(byte[] bytes, out ConfigError? error)
    {
        const string Fix = "remove the file; the node writes a new one as soon as the registry answers";
        try
        {
            var stored = StoredFile.Read(bytes);
            if (stored.Format != Format)
            {
                error = Error(
                    string.Create(CultureInfo.InvariantCulture, $"has format {stored.Format}, but this version reads format {Format}"), Fix);
                return null;
            }

            var content = bytes.AsSpan(stored.Content);
            if (stored.Checksum != Convert.ToHexStringLower(SHA256.HashData(content)))
            {
                error = Error("is corrupt: its checksum is wrong", Fix);
                return null;
            }

            error = null;
            return JsonSerializer.Deserialize(content, StoreJson.Default.StoredEntries)!.ToView();
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            error = Error("is corrupt: its content is not valid", Fix);
            return null;
        }
    }

    private ConfigError Error(string message, string fix) => new(SourceLocation.Option(File), "", message, fix);
}
