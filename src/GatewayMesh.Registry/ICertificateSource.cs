using GatewayMesh.Certificates.Folder;

namespace GatewayMesh.Registry;

/// <summary>Source of this node's roots and leaf certificates.</summary>
public interface ICertificateSource : IRegistryPart
{
    /// <summary>
    /// Keeps <paramref name="folder"/> filled with roots and a leaf for each identity of this node, renewed ahead of time, until cancelled.
    /// Never throws for errors of the registry: these go to <paramref name="troubles"/>, and the folder keeps its content. Default: does
    /// nothing, because another source fills the folder.
    /// </summary>
    Task RunCertificatesAsync(
        CertificateFolder folder, CertificateTroubles troubles, CancellationToken cancellationToken) => Task.CompletedTask;
}
