import streamlit as st

st.header("one")
