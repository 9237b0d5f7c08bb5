namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>A field section: names and values in order.</summary>
internal sealed class Fields : List<(string Name, string Value)>
{
    /// <summary>Returns the first value, or null.</summary>
    public string? this[string name] => Values(name) is [var first, ..] ? first : null;

    public int Status => int.Parse(this[":status"]!, System.Globalization.CultureInfo.InvariantCulture);

    public static Fields Of(params (string Name, string Value)[] fields)
    {
        var list = new Fields();
        list.AddRange(fields);
        return list;
    }

    /// <summary>Returns the head of a request.</summary>
    public static Fields Request(string method, string path, string authority, params (string Name, string Value)[] more) =>
        Of([(":method", method), (":scheme", "http"), (":path", path), (":authority", authority), .. more]);

    public IReadOnlyList<string> Values(string name) => [.. this.Where(field => field.Name == name).Select(field => field.Value)];

    public override string ToString() => string.Join("\n", this.Select(field => $"{field.Name}: {field.Value}"));
}
