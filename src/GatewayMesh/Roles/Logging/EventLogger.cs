using GatewayMesh.Events;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Roles.Logging;

/// <summary>One category of a library's log, as events named <c>library</c>.</summary>
internal sealed class EventLogger(EventLog events, string category) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        events.Write(
            logLevel == LogLevel.Warning ? EventLevel.Warning : EventLevel.Error,
            "library",
            formatter(state, exception),
            ("category", category),
            ("id", eventId.Name ?? eventId.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("exception", exception?.ToString()));
    }
}
