namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A request as a server read it.</summary>
internal sealed record ServerRequest(string Head, string Body)
{
    public string Method => Head.Split(' ')[0];

    public string Target => Head.Split(' ')[1];

    /// <summary>The question whether this side lives, which is no request of an application.</summary>
    public bool IsProbe => Target == "/.well-known/gatewaymesh/live";

    /// <summary>A field; null when it is not there.</summary>
    public string? this[string name] => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
}
