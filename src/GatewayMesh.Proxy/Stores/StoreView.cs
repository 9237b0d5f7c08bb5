namespace GatewayMesh.Proxy.Stores;

/// <summary>A shared store as shown by the admin, as of one moment.</summary>
/// <param name="Name">Name of its key in the bootstrap.</param>
/// <param name="Address">URI without user and password.</param>
/// <param name="State">State of the store.</param>
/// <param name="Reason">Reason why it is not in use; empty while it is.</param>
public sealed record StoreView(string Name, string Address, StoreState State, string Reason);
