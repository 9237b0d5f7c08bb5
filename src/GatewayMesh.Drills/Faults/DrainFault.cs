using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>Drains the node and returns it.</summary>
internal sealed class DrainFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(5);
    private bool _isDrained;

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        Status();
        Trace.Begin();
        _isDrained = true;
        Trace.Failure = Mesh.Post("/drain", new DrainOrder().ToText());
        if (Trace.Failure is null)
        {
            var away = Await(() => Mesh.Read() is { IsLeased: false }, ReturnLimit, cancellation);
            Trace.Note(
                away ? "drained: the worker stopped accepting" : $"the worker still accepts after {DurationText.Format(ReturnLimit)}");
            Pause(Away, cancellation);
            Undo();
            var back = Await(() => Mesh.Read() is { IsLeased: true }, ReturnLimit, cancellation);
            Trace.Note(
                back
                    ? "returned: the worker accepts again"
                    : $"the worker does not accept again within {DurationText.Format(ReturnLimit)}");
        }
    }

    /// <inheritdoc/>
    public override void Undo()
    {
        if (_isDrained)
        {
            _isDrained = false;
            Trace.Failure ??= Mesh.Post("/drain", new DrainOrder(Undo: true).ToText());
        }

        base.Undo();
    }
}
