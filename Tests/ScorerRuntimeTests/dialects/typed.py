# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Models whose type hints say what they take."""

# No `annotations` from the future here: MLflow wants the types, not their names.
import warnings
from typing import Any, Dict, List, Optional

import mlflow.pyfunc
import pydantic
from mlflow.types.llm import ChatChoice, ChatCompletionResponse, ChatMessage, ChatParams
from mlflow.types.type_hints import TypeFromExample

from .describing import described

# MLflow remarks on each hint that is not a list, when the class is made.
warnings.filterwarnings("ignore", ".*Type hint used in the model's predict function")


class Person(pydantic.BaseModel):  # type: ignore[misc]
    """One record."""

    name: str
    age: Optional[int] = None
    scores: List[float] = []


class Texts(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Takes a list of strings."""

    def predict(self, model_input: List[str], params: Optional[Dict[str, Any]] = None) -> List[str]:
        """Each in capitals."""
        return [text.upper() for text in model_input]


class Records(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Takes a list of records and gives them back."""

    def predict(self, model_input: List[Person]) -> List[Person]:
        """The same, one year older."""
        return [person.model_copy(update={"age": (person.age or 0) + 1}) for person in model_input]


class ByExample(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Takes what its example was."""

    def predict(self, model_input: TypeFromExample) -> Any:
        """What it was given."""
        return described(model_input)


class Chat(mlflow.pyfunc.ChatModel):  # type: ignore[misc]
    """Speaks the chat protocol."""

    def predict(
        self, context: Any, messages: List[ChatMessage], params: ChatParams
    ) -> ChatCompletionResponse:
        """The last words, and the settings, back."""
        words = f"{messages[-1].content} {params.temperature} {params.max_tokens}"
        choice = ChatChoice(index=0, message=ChatMessage(role="assistant", content=words))
        return ChatCompletionResponse(
            choices=[choice], model="parrot", id="fixed", created=1_700_000_000
        )
