using GatewayMesh.Events;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Roles.Logging;

/// <summary>Leads what the data path logs, and of Kestrel and YARP warnings and above, into the event log.</summary>
/// <param name="events">The event log; not disposed here.</param>
internal sealed class EventLoggerProvider(EventLog events) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new EventLogger(events, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
