using Microsoft.Extensions.Logging;

namespace GatewayMesh.Export;

/// <summary>An event that waits for the collector.</summary>
/// <param name="Level">Severity.</param>
/// <param name="Event">Name of the event.</param>
/// <param name="Message">Message, the body of the log record.</param>
/// <param name="Fields">Attributes of the log record.</param>
internal sealed record EventRecord(LogLevel Level, string Event, string Message, IReadOnlyList<KeyValuePair<string, object?>> Fields);
