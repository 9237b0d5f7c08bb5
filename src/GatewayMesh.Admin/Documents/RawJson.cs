using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A member whose value is any JSON, kept as text.</summary>
public sealed class RawJson : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader).GetRawText();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        // Not as raw text: the value is indented like the rest.
        using var document = JsonDocument.Parse(value);
        document.RootElement.WriteTo(writer);
    }
}
