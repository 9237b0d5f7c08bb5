using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Tests.Intentions;

/// <summary>A request as a test writes it.</summary>
internal sealed class AskedRequest(string method, string path, params (string Name, string Value)[] headers) : IRequestFacts
{
    public string Method { get; } = method;

    public IReadOnlyList<string> Paths { get; init; } = [path];

    public string? Field(string name)
    {
        var values = headers.Where(header => header.Name == name).Select(header => header.Value).ToList();
        return values.Count == 0 ? null : string.Join(',', values);
    }
}
