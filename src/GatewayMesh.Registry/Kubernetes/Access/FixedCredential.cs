namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>A credential that is written in a kubeconfig and never changes. Files of a certificate may still change.</summary>
/// <param name="credential">The credential.</param>
public sealed class FixedCredential(ApiCredential credential) : ICredentialSource
{
    /// <inheritdoc/>
    public ValueTask<ApiCredential> CurrentAsync(CancellationToken cancellation) => new(credential);

    /// <inheritdoc/>
    public void Refuse(ApiCredential refused)
    {
    }
}
