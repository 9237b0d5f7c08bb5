namespace GatewayMesh.Registry;

/// <summary>Source of entries, intentions and endpoints.</summary>
public interface IConfigurationSource : IRegistryPart
{
    /// <summary>
    /// Time of the registry's last answer by the process's monotonic clock (<see cref="TimeProvider.GetTimestamp"/>); null: none since the
    /// start. Default: null.
    /// </summary>
    long? HeardAt => null;

    /// <summary>
    /// Reports the registry's complete state, at once and after every change. Never ends by itself and never throws for errors of the
    /// registry, which are in the report. One watch at a time.
    /// </summary>
    IAsyncEnumerable<RegistryReport> WatchAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asks for a service whose instances are not read (<c>IsDormant</c>), because a request needs it now. Quick. Default: does nothing,
    /// because all services are always read.
    /// </summary>
    void Want(string service)
    {
    }

    /// <summary>
    /// Names the services used since the last call, every few seconds, so that they stay watched. Quick. Default: does nothing, because all
    /// services are always read.
    /// </summary>
    void Use(IReadOnlyCollection<string> services)
    {
    }
}
