namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>A leaf issued by an agent. Not a record, so that no generated <c>ToString</c> prints the key.</summary>
/// <param name="service">The leaf's service.</param>
/// <param name="pem">Leaf, intermediates and private key.</param>
/// <param name="validAfter">Start of the validity.</param>
/// <param name="validBefore">End of the validity.</param>
internal sealed class ConsulLeaf(string service, string pem, DateTimeOffset validAfter, DateTimeOffset validBefore)
{
    /// <summary>The leaf's service.</summary>
    public string Service { get; } = service;

    /// <summary>Leaf, intermediates and private key, as one PEM text: a secret.</summary>
    public string Pem { get; } = pem;

    /// <summary>Start of the validity.</summary>
    public DateTimeOffset ValidAfter { get; } = validAfter;

    /// <summary>End of the validity.</summary>
    public DateTimeOffset ValidBefore { get; } = validBefore;

    /// <summary>Total lifetime.</summary>
    public TimeSpan Life => ValidBefore - ValidAfter;
}
