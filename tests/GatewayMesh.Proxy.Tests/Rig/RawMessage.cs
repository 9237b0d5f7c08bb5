using System.Globalization;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A head as received, and the body without its framing.</summary>
internal sealed class RawMessage
{
    private readonly List<(string Name, string Value)> _fields = [];

    public RawMessage(string head)
    {
        Head = head;
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        StartLine = lines[0];
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':');
            _fields.Add((line[..colon], line[(colon + 1)..].Trim()));
        }
    }

    public string Head { get; }

    public string StartLine { get; }

    public string Body { get; set; } = "";

    public List<string> Trailers { get; } = [];

    /// <summary>Status of a response.</summary>
    public int Status =>
        StartLine.StartsWith("HTTP/", StringComparison.Ordinal) ? int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture) : 0;

    public string Method => StartLine.Split(' ')[0];

    public string Target => StartLine.Split(' ')[1];

    /// <summary>Returns the first value of a field, or null.</summary>
    public string? this[string name] => Values(name) is [var first, ..] ? first : null;

    public IReadOnlyList<string> Values(string name) =>
        [.. _fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];

    public bool Has(string name) => Values(name).Count > 0;
}
