using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Guard.Registration;

/// <summary>
/// The guard's part of the registration. The serving worker publishes the node; the guard publishes whether there is a serving worker.
/// </summary>
internal interface IGuardRegistration : IDisposable
{
    /// <summary>Starts the registration.</summary>
    void Start();

    /// <summary>The guard's view has changed. Does not block.</summary>
    void Report(GuardView view);

    /// <summary>The node leaves the mesh. Does not block.</summary>
    void Leave();

    /// <summary>The node returns. Does not block.</summary>
    void Return();

    /// <summary>The bootstrap was reloaded.</summary>
    void Reconfigure(BootstrapSpec bootstrap);
}
