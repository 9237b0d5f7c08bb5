using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Values;

/// <summary>Durations in JSON, in text form.</summary>
internal sealed class DurationJson : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && DurationText.TryParse(reader.GetString()!, out var value)
            ? value
            : throw new JsonException("The value must be a duration such as 250ms.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}
