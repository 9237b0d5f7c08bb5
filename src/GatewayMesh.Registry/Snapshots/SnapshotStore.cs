using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>
/// What the registry last said well, kept at <c>DATADIR/snapshot.json</c> (mode 0600) so that a node starts without a registry. The
/// source of the compilation is stored, not its result: a newer version may compile it better.
/// </summary>
/// <param name="dataDir">The data folder; made with mode 0700 when it is not there.</param>
public sealed class SnapshotStore(string dataDir)
{
    /// <summary>Version of the format; another one is refused.</summary>
    public const int Format = 1;

    private const int Most = 256 * 1024 * 1024;

    /// <summary>The file.</summary>
    public string File { get; } = FileIn(dataDir);

    /// <summary>The file in <paramref name="dataDir"/>.</summary>
    public static string FileIn(string dataDir) => Path.Combine(dataDir, "snapshot.json");

    /// <summary>Writes <paramref name="view"/>; returns what went wrong (disk full, read-only), or null. The old file is then untouched.</summary>
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
            return Error($"cannot be written ({exception.Message})", "make room or fix the permissions of dataDir; until then a restart without the registry begins with older configuration");
        }
    }

    /// <summary>When the registry last said what is stored, or anything that changed nothing of it: the time that the file bears. Null: there is no file.</summary>
    public DateTimeOffset? HeardAt() =>
        FileTrace.Of(File) is { Length: >= 0 } trace ? new DateTimeOffset(trace.Written, TimeSpan.Zero) : null;

    /// <summary>The registry was heard at <paramref name="heardAt"/>. A file that cannot be marked bears an older time, no more.</summary>
    public void Mark(DateTimeOffset heardAt)
    {
        try
        {
            System.IO.File.SetLastWriteTimeUtc(File, heardAt.UtcDateTime);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Said by the next write.
        }
    }

    /// <summary>The stored view; null when there is none, or none that can be trusted (<paramref name="error"/> then says why).</summary>
    public RegistryView? Load(out ConfigError? error)
    {
        error = null;
        try
        {
            return Decode(TimedRead.Run(File, TimedRead.Limit, () => RegularFile.ReadAllBytes(File, Most)), out error);
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

    private static ReadOnlySpan<byte> Encode(RegistryView view)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(StoredEntries.From(view), StoreJson.Default.StoredEntries);
        var buffer = new ArrayBufferWriter<byte>(content.Length + 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(content)));
            json.WritePropertyName("content");
            json.WriteRawValue(content, skipInputValidation: true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private RegistryView? Decode(byte[] bytes, out ConfigError? error)
    {
        const string Fix = "remove the file; it is written again as soon as the registry answers";
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("format").GetInt32() is var format && format != Format)
            {
                error = Error(string.Create(CultureInfo.InvariantCulture, $"has format {format}, this version knows {Format}"), Fix);
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
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or NullReferenceException)
        {
            error = Error("is corrupt: it is not what was written", Fix);
            return null;
        }
    }

    private ConfigError Error(string message, string fix) => new(SourceLocation.Option(File), "", message, fix);
}
