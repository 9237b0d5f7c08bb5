using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Tests.Intentions;

/// <summary>A request as a test writes it.</summary>
internal sealed class AskedRequest(string method, string path, params (string Name, string Value)[] headers) : IRequestFacts
{
    public string Method { get; } = method;

    public PathReadings Paths => PathReadings.Of(path);

    public FieldLines Field(string name) => LinesOf(header => header.Equals(name, StringComparison.OrdinalIgnoreCase));

    public FieldLines Twins(string name) => LinesOf(header => FieldLines.AreTwins(name, header));

    private FieldLines LinesOf(Func<string, bool> isMeant)
    {
        string[] values = [.. headers.Where(header => isMeant(header.Name)).Select(header => header.Value)];
        return values.Length == 0 ? default : new FieldLines(values);
    }
}
