using System.Text.Json;
using GatewayMesh.Admin.Http;

namespace GatewayMesh.Admin.Views;

/// <summary>The body of <c>POST /drain</c>: empty, or <c>{"undo": true}</c>.</summary>
internal static class DrainRequest
{
    internal static bool IsUndo(AdminRequest request)
    {
        if (request.Body.IsEmpty)
        {
            return false;
        }

        try
        {
            using var body = JsonDocument.Parse(request.Body);
            return body.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("undo", out var undo)
                && undo.ValueKind == JsonValueKind.True;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
