namespace GatewayMesh.Events;

/// <summary>Second destination of events. Called on the thread of the event; must not wait and must not throw.</summary>
internal interface IEventSink
{
    /// <summary>Takes an event that the log has accepted.</summary>
    void Take(EventLevel level, string @event, string message, ReadOnlySpan<EventField> fields);
}
