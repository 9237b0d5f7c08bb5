using System.Text.Json;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>The outermost object of the store. Its content is only located, because a large mesh stores tens of megabytes.</summary>
/// <param name="Format">Version of the format; 0 if missing.</param>
/// <param name="Checksum">SHA-256 of the content in lower-case hexadecimal; null if missing.</param>
/// <param name="Content">Position of the content in the file.</param>
internal readonly record struct StoredFile(int Format, string? Checksum, Range Content)
{
    /// <summary>Reads the object. Stops at a format that this version does not know.</summary>
    /// <exception cref="JsonException">The file is not an object in JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    /// <exception cref="FormatException">The format is not a whole number.</exception>
    public static StoredFile Read(ReadOnlySpan<byte> bytes)
    {
        var stored = default(StoredFile);
        var reader = new Utf8JsonReader(bytes);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The file is not an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isFormat, isChecksum, isContent) =
                (reader.ValueTextEquals("format"u8), reader.ValueTextEquals("sha256"u8), reader.ValueTextEquals("content"u8));
            _ = reader.Read();
            if (isFormat)
            {
                stored = stored with { Format = reader.GetInt32() };
                if (stored.Format != SnapshotStore.Format)
                {
                    return stored;
                }
            }
            else if (isChecksum)
            {
                stored = stored with { Checksum = reader.GetString() };
            }
            else
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                stored = isContent ? stored with { Content = start..(int)reader.BytesConsumed } : stored;
            }
        }

        return reader.Read() || stored.Format == 0 ? throw new JsonException("The file is not one object with a format.") : stored;
    }
}
