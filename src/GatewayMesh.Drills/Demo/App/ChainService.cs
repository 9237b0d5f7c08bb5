using System.Text;
using System.Text.Json;
using GatewayMesh.Drills.Applications;

namespace GatewayMesh.Drills.Demo.App;

/// <summary>
/// A sample service. It returns its own name and the names of the services behind it:
/// <c>{"chain":["web@host-a","payments@host-b","ledger@host-b"]}</c>.
/// The service calls through its own outbound address and knows nothing else of the mesh.
/// </summary>
/// <param name="name">The service.</param>
/// <param name="node">The host.</param>
/// <param name="client">Client for calls to the next service.</param>
/// <param name="next">The next service, or null.</param>
/// <param name="outbound">Port of the service's outbound address.</param>
internal sealed class ChainService(string name, string node, HttpClient client, string? next, int outbound)
{
    /// <summary>Answers a request.</summary>
    public async Task<AppResponse> AnswerAsync(string path)
    {
        if (path.StartsWith("/healthz", StringComparison.Ordinal) || next is null)
        {
            return new AppResponse(200, Chain([$"{name}@{node}"], null));
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{outbound}/") { Headers = { Host = next } };
            using var response = await client.SendAsync(request).ConfigureAwait(false);
            var body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new AppResponse(200, Chain([$"{name}@{node}", .. Behind(body)], null))
                : new AppResponse(502, Chain([$"{name}@{node}"], $"{next} answered {(int)response.StatusCode}"));
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or JsonException)
        {
            return new AppResponse(502, Chain([$"{name}@{node}"], $"{next}: {failure.Message}"));
        }
    }

    private static IEnumerable<string> Behind(string body)
    {
        using var document = JsonDocument.Parse(body);
        return [.. document.RootElement.GetProperty("chain").EnumerateArray().Select(item => item.GetString() ?? "")];
    }

    private static string Chain(IEnumerable<string> chain, string? error)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("chain");
            foreach (var link in chain)
            {
                json.WriteStringValue(link);
            }

            json.WriteEndArray();
            if (error is not null)
            {
                json.WriteString("error", error);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
