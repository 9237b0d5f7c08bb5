namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>Source of a credential that may change while it is in use.</summary>
public interface ICredentialSource
{
    /// <summary>The credential for the next request.</summary>
    /// <exception cref="IOException">There is no credential, and none was known before.</exception>
    ValueTask<ApiCredential> CurrentAsync(CancellationToken cancellation);

    /// <summary>
    /// Reports that the API server refused a credential (401). The next call of <see cref="CurrentAsync"/> reads anew, unless the credential
    /// has changed in the meantime.
    /// </summary>
    void Refuse(ApiCredential refused);
}
