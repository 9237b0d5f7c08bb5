using System.Text.Json;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// Reads documents whose texts are shown to people: another process wrote them, so each text becomes one line without control characters.
/// </summary>
public static class ShownJson
{
    /// <summary>The documents.</summary>
    public static AdminJson Context { get; } =
        new(new JsonSerializerOptions(AdminJson.Default.Options) { Converters = { new OneLineText() } });
}
