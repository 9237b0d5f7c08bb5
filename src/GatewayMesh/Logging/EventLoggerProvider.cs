using GatewayMesh.Events;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Logging;

/// <summary>Routes logs of the data path, and warnings and above of Kestrel and YARP, to the event log.</summary>
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
