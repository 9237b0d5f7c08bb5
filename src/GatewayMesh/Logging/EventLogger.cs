using System.Globalization;
using GatewayMesh.Events;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Logging;

/// <summary>
/// Logger of one category. Messages of our own libraries keep their event names; all others become events named <c>library</c>.
/// </summary>
internal sealed class EventLogger(EventLog events, string category) : ILogger
{
    private readonly bool _isOurs = category.StartsWith("GatewayMesh.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) =>
        logLevel >= (_isOurs ? LogLevel.Information : LogLevel.Warning) && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var level = logLevel switch
        {
            LogLevel.Information => EventLevel.Info,
            LogLevel.Warning => EventLevel.Warning,
            _ => EventLevel.Error,
        };
        if (_isOurs && eventId.Name is { } name)
        {
            events.Write(level, name, formatter(state, exception), [.. FieldsOf(state), ("exception", exception?.ToString())]);
            return;
        }

        events.Write(
            level,
            "library",
            formatter(state, exception),
            ("category", category),
            ("id", eventId.Name ?? eventId.Id.ToString(CultureInfo.InvariantCulture)),
            ("exception", exception?.ToString()));
    }

    // The message's fields by name, without the format.
    private static IEnumerable<EventField> FieldsOf<TState>(TState state) => state is IReadOnlyList<KeyValuePair<string, object?>> parts
        ? parts.Where(part => part.Key != "{OriginalFormat}").Select(
            part => (EventField)(
                char.ToLowerInvariant(part.Key[0]) + part.Key[1..], Convert.ToString(part.Value, CultureInfo.InvariantCulture)))
        : [];
}
