using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Guard.Registration;

/// <summary>What a guard tells the registry. The worker that serves speaks for the node; the guard says whether there is one.</summary>
internal interface IGuardRegistration : IDisposable
{
    /// <summary>Begins.</summary>
    void Start();

    /// <summary>The guard's view has changed. Never waits.</summary>
    void Say(GuardView view);

    /// <summary>The node leaves the mesh. Never waits.</summary>
    void Leave();

    /// <summary>The node comes back. Never waits.</summary>
    void Return();

    /// <summary>The bootstrap was read again.</summary>
    void Reconfigure(BootstrapSpec bootstrap);
}
