using System.Text.Json;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Admin.Documents;

/// <summary>Reads members that may be absent or of another kind in other versions.</summary>
public static class JsonParts
{
    /// <summary>A member that is an object, or null.</summary>
    public static JsonElement? Part(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object
            ? part
            : null;

    /// <summary>A member's text on one line without control characters, because another process wrote it. Empty if absent.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? SafeText.OneLine(text.GetString()!)
            : "";

    /// <summary>The text of a string, empty for null, and JSON for anything else; on one line, without control characters.</summary>
    public static string AsText(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => SafeText.OneLine(element.GetString()!),
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => SafeText.OneLine(element.GetRawText()),
    };

    /// <summary>A member's number, or 0.</summary>
    public static double Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(name, out var number)
            && number.ValueKind == JsonValueKind.Number
            ? number.GetDouble()
            : 0;

    /// <summary>A Boolean member, or null.</summary>
    public static bool? Flag(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(name, out var flag)
            && flag.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? flag.ValueKind == JsonValueKind.True
            : null;

    /// <summary>The items of a member that is an array, or none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } here
            && here.TryGetProperty(name, out var items)
            && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : [];

    /// <summary>The items of a member that is an array, or none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => ((JsonElement?)element).Items(name);
}
