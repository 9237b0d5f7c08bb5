namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A request as received by a server.</summary>
internal sealed record ServerRequest(string Head, string Body)
{
    public string Method => Head.Split(' ')[0];

    public string Target => Head.Split(' ')[1];

    /// <summary>True for a liveness probe, which is not a request of an application.</summary>
    public bool IsProbe => Target == "/.well-known/gatewaymesh/live";

    /// <summary>A field; null if absent.</summary>
    public string? this[string name] => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim())
            .FirstOrDefault();
}
