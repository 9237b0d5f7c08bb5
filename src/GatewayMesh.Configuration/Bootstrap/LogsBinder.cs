using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>logs</c>.</summary>
internal static class LogsBinder
{
    /// <summary>Reads the log settings of a process.</summary>
    public static LogsSpec Bind(MappingReader reader)
    {
        var defaults = new LogsSpec();
        return new LogsSpec
        {
            AccessLog = reader.Section("accessLog", section => new AccessLogSpec
            {
                MaxLinesPerSecond = section.Optional("maxLinesPerSecond", LimitsBinder.NumberOrNone, defaults.AccessLog.MaxLinesPerSecond),
            }),
            MaxEventsPerSecond = reader.Optional("maxEventsPerSecond", LimitsBinder.NumberOrNone, defaults.MaxEventsPerSecond),
        };
    }
}
