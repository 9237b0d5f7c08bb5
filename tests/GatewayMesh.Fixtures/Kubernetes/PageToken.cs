using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Token of the next page of a list, in the form that the API server uses.</summary>
/// <param name="Version">Version of the list; −1 for an inconsistent rest.</param>
/// <param name="Start">Key after which the page begins.</param>
internal sealed record PageToken(long Version, string Start)
{
    public static PageToken Read(string text)
    {
        try
        {
            var padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
            var json = JsonNode.Parse(Convert.FromBase64String(padded))!;
            return new PageToken((long)json["rv"]!, ((string)json["start"]!).TrimStart('/').TrimEnd('\0'));
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw ApiFailureException.BadRequest(
                "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value");
        }
    }

    public string Write()
    {
        var json = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Version, ["start"] = $"{(Version < 0 ? "" : "/")}{Start}\0" };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
