using GatewayMesh.Events;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Export;

/// <summary>Hands the events of this process to a logger as records: message as the body, name and fields as attributes.</summary>
internal sealed class EventExport(ILogger logger, string node, string role) : IEventSink
{
    /// <inheritdoc/>
    public void Take(EventLevel level, string @event, string message, ReadOnlySpan<EventField> fields)
    {
        var severity = LevelOf(level);
        if (!logger.IsEnabled(severity))
        {
            return;
        }

        var state = new List<KeyValuePair<string, object?>>(fields.Length + 3)
        {
            new("event", @event),
            new("node", node),
            new("role", role),
        };
        foreach (var field in fields)
        {
            state.Add(new(field.Name, field.Value is TimeSpan span ? span.TotalMilliseconds : field.Value));
        }

        logger.Log(severity, new EventId(0, @event), (IReadOnlyList<KeyValuePair<string, object?>>)state, null, (_, _) => message);
    }

    private static LogLevel LevelOf(EventLevel level) => level switch
    {
        EventLevel.Debug => LogLevel.Debug,
        EventLevel.Info => LogLevel.Information,
        EventLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
