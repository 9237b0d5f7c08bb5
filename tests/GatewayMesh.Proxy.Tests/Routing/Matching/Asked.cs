using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Proxy.Tests.Routing.Matching;

/// <summary>A request that nobody makes.</summary>
internal sealed record Asked(string Method = "GET", params string[] Headers) : IRequestFacts
{
    public IReadOnlyList<string> Paths => [];

    public string? Field(string name)
    {
        string[] values = [.. Headers.Select(header => header.Split(':', 2)).Where(pair => pair[0] == name).Select(pair => pair[1].Trim())];
        return values.Length == 0 ? null : string.Join(',', values);
    }
}
