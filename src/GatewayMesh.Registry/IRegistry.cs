namespace GatewayMesh.Registry;

/// <summary>
/// One kind of registry: a type that implements every concern. Only its owner holds this interface; each consumer takes the one concern
/// that it uses.
/// </summary>
public interface IRegistry : IConfigurationSource, INodeRegistration, ICertificateSource, IReconfigurable, IAsyncDisposable;
