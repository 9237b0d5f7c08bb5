using GatewayMesh.Events;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Export;

/// <summary>Queues the events of this process as log records: message as the body, name and fields as attributes.</summary>
internal sealed class EventExport(EventQueue queue, string node, string role) : IEventSink
{
    /// <inheritdoc/>
    public void Take(EventLevel level, string @event, string message, ReadOnlySpan<EventField> fields)
    {
        var attributes = new List<KeyValuePair<string, object?>>(fields.Length + 3)
        {
            new("event", @event),
            new("node", node),
            new("role", role),
        };
        foreach (var field in fields)
        {
            attributes.Add(new(field.Name, field.Value is TimeSpan span ? span.TotalMilliseconds : field.Value));
        }

        queue.Add(new EventRecord(LevelOf(level), @event, message, attributes));
    }

    private static LogLevel LevelOf(EventLevel level) => level switch
    {
        EventLevel.Debug => LogLevel.Debug,
        EventLevel.Info => LogLevel.Information,
        EventLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
