using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Tests.Routing.Matching;

/// <summary>A handmade request.</summary>
internal sealed record Asked(string Method = "GET", params string[] Headers) : IRequestFacts
{
    public PathReadings Paths => default;

    public FieldLines Field(string name)
    {
        string[] values = [.. Headers.Select(header => header.Split(':', 2)).Where(pair => pair[0] == name).Select(pair => pair[1].Trim())];
        return values.Length == 0 ? default : new FieldLines(values);
    }

    public FieldLines Twins(string name) => default;
}
