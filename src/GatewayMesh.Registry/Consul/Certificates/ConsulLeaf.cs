namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>A leaf as an agent issued it. No record: nothing may print its key by itself.</summary>
/// <param name="service">The service it is for.</param>
/// <param name="pem">Leaf, intermediates and private key.</param>
/// <param name="validAfter">When it begins.</param>
/// <param name="validBefore">When it ends.</param>
internal sealed class ConsulLeaf(string service, string pem, DateTimeOffset validAfter, DateTimeOffset validBefore)
{
    /// <summary>The service it is for.</summary>
    public string Service { get; } = service;

    /// <summary>Leaf, intermediates and private key, as one PEM text: a secret.</summary>
    public string Pem { get; } = pem;

    /// <summary>When it begins.</summary>
    public DateTimeOffset ValidAfter { get; } = validAfter;

    /// <summary>When it ends.</summary>
    public DateTimeOffset ValidBefore { get; } = validBefore;

    /// <summary>Its whole life.</summary>
    public TimeSpan Life => ValidBefore - ValidAfter;
}
