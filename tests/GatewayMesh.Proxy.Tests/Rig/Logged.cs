using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>Records the event names and lines that are logged.</summary>
internal sealed class Logged : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(string Event, string Line)> Lines { get; } = [];

    /// <summary>Lowest level that is recorded.</summary>
    public LogLevel Min { get; init; } = LogLevel.Warning;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Min;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Lines.Enqueue((eventId.Name ?? "", formatter(state, exception)));
        }
    }
}
