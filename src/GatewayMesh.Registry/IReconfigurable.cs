using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry;

/// <summary>A part that follows the bootstrap of this node.</summary>
public interface IReconfigurable
{
    /// <summary>Takes the reloaded bootstrap of this node. Default: does nothing.</summary>
    void Reconfigure(BootstrapSpec bootstrap)
    {
    }
}
