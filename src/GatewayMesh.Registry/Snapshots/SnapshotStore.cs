using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
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

    private int _capacity = 4096; // room for a little more than the last time

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
            AtomicFile.Write(File, Encode(view), UnixFileMode.UserRead | UnixFileMode.UserWrite);
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

    // {"format":1,"sha256":"…","content":{…}}: written once, and the checksum afterwards, because a large mesh writes tens of megabytes. Not
    // SerializeToUtf8Bytes, whose array of the pool would stay in the pool.
    private ReadOnlySpan<byte> Encode(RegistryView view)
    {
        var buffer = new ArrayBufferWriter<byte>(_capacity);
        buffer.Write(Opening);
        var checksum = buffer.WrittenCount;
        buffer.Write(stackalloc byte[2 * SHA256.HashSizeInBytes]);
        buffer.Write("\",\"content\":"u8);
        var content = buffer.WrittenCount;
        using (var json = new Utf8JsonWriter(buffer))
        {
            JsonSerializer.Serialize(json, StoredEntries.From(view), StoreJson.Default.StoredEntries);
        }

        var hash = SHA256.HashData(buffer.WrittenSpan[content..]);
        buffer.Write("}"u8);
        _capacity = buffer.WrittenCount + (buffer.WrittenCount / 8);
        var written = MemoryMarshal.AsMemory(buffer.WrittenMemory).Span;
        _ = Convert.TryToHexStringLower(hash, written[checksum..], out _);
        return written;
    }

    private static ReadOnlySpan<byte> Opening => "{\"format\":1,\"sha256\":\""u8;

    private RegistryView? Decode(byte[] bytes, out ConfigError? error)
    {
        const string Fix = "remove the file; the node writes a new one as soon as the registry answers";
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("format").GetInt32() is var format && format != Format)
            {
                error = Error(string.Create(CultureInfo.InvariantCulture, $"has format {format}, but this version reads format {Format}"),
                    Fix);
                return null;
            }

            var content = JsonMarshal.GetRawUtf8Value(root.GetProperty("content"));
            if (root.GetProperty("sha256").GetString() != Convert.ToHexStringLower(SHA256.HashData(content)))
            {
                error = Error("is corrupt: its checksum is wrong", Fix);
                return null;
            }

            error = null;
            return JsonSerializer.Deserialize(content, StoreJson.Default.StoredEntries)!.ToView();
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or NullReferenceException)
        {
            error = Error("is corrupt: its content is not valid", Fix);
            return null;
        }
    }

    private ConfigError Error(string message, string fix) => new(SourceLocation.Option(File), "", message, fix);
}
